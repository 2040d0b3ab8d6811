"""Make, seal and check award letters. Pure functions over bytes and JSON data: no database, no network, no clock."""

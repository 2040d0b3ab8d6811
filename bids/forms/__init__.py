"""What applicants type, parsed and shaped. Whether it may be so, the rules decide in the actions."""

"""References that people read out on the telephone, made from the row's own number."""

from django.db import connection, models


def next_reference(model: type[models.Model], prefix: str, digits: int = 6) -> tuple[int, str]:
    """Return the key that the next row will have and its reference, such as (12, "B000012").

    A number is used once: a row that is refused leaves a gap.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
        (number,) = cursor.fetchone()
    return number, f"{prefix}{number:0{digits}d}"

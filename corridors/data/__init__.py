"""Tables: read, checked, compared, exchanged with other formats and with a user's own rows."""

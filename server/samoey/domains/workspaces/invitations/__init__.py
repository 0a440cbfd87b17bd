"""How somebody is asked in: a link that works once."""

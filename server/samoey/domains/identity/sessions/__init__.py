"""How somebody stays signed in: short access tokens, rotating refresh tokens, live tickets."""

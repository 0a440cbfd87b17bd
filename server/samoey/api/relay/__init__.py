"""The door for programs: the wire of the vendors, answered by the gateway."""

"""What another gateway's configuration says, in the words of this one."""

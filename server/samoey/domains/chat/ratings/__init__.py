"""What people say of answers, and how answers went by the instructions that wrote them."""

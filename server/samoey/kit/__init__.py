"""What every room uses and what is no room's business."""

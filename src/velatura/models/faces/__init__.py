"""Networks for faces: the packaged detector, and restorers that users bring."""

"""One file a step, ``NNNN_what.py``, named by its revision."""

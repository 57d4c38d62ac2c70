"""A1111's dialect: its bodies as our requests, our pictures as its answers."""

"""What the command `home` is made of: material (files), services (processes), isolate (network), and three small servers."""

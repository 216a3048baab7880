def fill(root, ids):
    pass

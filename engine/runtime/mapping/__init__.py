"""Where the tokens of a case go in another version of its journey: pure rules.

`shape` is what is said of a version and of the tokens of a case, `plan` where each step goes,
`judge` what that means for each token.
"""

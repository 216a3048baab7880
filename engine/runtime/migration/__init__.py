"""Moving open cases to another version of their journey (docs/moving-cases.md).

`engine.runtime.mapping` says what goes where, `engine.runtime.spiff.migrate` moves the tokens,
`engine.runtime.retype` says what becomes of the data; here `ending` asks whether the case can still
end, `command` and `service` do it to one case, `runs` to many.
"""

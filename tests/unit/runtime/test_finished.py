"""What was finished is remembered like a plain list, in less room."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from engine.runtime.spiff.finished import Finished, Kind

_ACTIVITIES = st.sampled_from("abc")
_SCOPES = st.lists(st.sampled_from("PQ"), unique=True, max_size=2).map(tuple)
_STEPS = st.lists(st.one_of(
    st.tuples(st.just("add"), _ACTIVITIES, _SCOPES),
    st.tuples(st.just("add"), _ACTIVITIES, st.just(())),
    st.tuples(st.just("leave"), st.sampled_from("PQ"), st.just(())),
    st.tuples(st.just("keep"), _ACTIVITIES, st.just(())),
    st.tuples(st.just("take"), _ACTIVITIES, st.just(()))), max_size=60)


@given(_STEPS)
def test_whatever_happens_it_says_the_same_as_a_list(steps):
    short, plain = Finished(), []
    for what, name, around in steps:
        if what == "add":
            short.add(name, around)
            plain.append((name, around))
        elif what == "leave":
            short.leave(name)
            plain = [_left(each, name) for each in plain]
        elif what == "keep":
            short.keep(lambda kind, name=name: kind[0] != name)
            plain = [each for each in plain if each[0] != name]
        else:
            last = next((each for each in reversed(plain) if each[0] == name), None)
            assert short.take_last(lambda kind, name=name: kind[0] == name) == last
            if last is not None:
                del plain[len(plain) - 1 - plain[::-1].index(last)]
        assert list(short) == plain
        short = Finished.read(json.loads(json.dumps(short.written())))
        assert list(short) == plain


def _left(kind: Kind, scope: str) -> Kind:
    activity, around = kind
    return (activity, around[:around.index(scope)]) if scope in around else kind


@given(st.lists(_ACTIVITIES, min_size=1, max_size=12))
def test_a_round_that_repeats_takes_no_more_room(round_):
    done = Finished()
    sizes = []
    for _ in range(60):
        for activity in round_:
            done.add(activity, ())
        sizes.append(len(done))
    assert sizes[-1] <= max(sizes[:4])
    assert len(list(done)) == 60 * len(round_)

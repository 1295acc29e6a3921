package compat

import (
	"sort"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/room"
)

// sortTable is table.sort(t [, less]).
func sortTable(L *lua.LState) int {
	s := &sorter{t: L.CheckTable(1), L: L, pace: room.Pace{L: L}}
	if L.Get(2) != lua.LNil {
		s.less = L.CheckFunction(2)
	}
	s.n = s.t.Len()
	sort.Sort(s)
	return 0
}

// sorter sorts the values 1 to n of a table in their place. It implements
// sort.Interface.
type sorter struct {
	L    *lua.LState
	t    *lua.LTable
	n    int
	less *lua.LFunction // of the script; nil: the operator <
	pace room.Pace
}

func (s *sorter) Len() int { return s.n }

func (s *sorter) Less(i, j int) bool {
	s.pace.Step(1)
	a, b := s.t.RawGetInt(i+1), s.t.RawGetInt(j+1)
	if s.less == nil {
		return s.L.LessThan(a, b)
	}
	s.L.Push(s.less)
	s.L.Push(a)
	s.L.Push(b)
	s.L.Call(2, 1)
	is := lua.LVAsBool(s.L.Get(-1))
	s.L.Pop(1)
	return is
}

func (s *sorter) Swap(i, j int) {
	a, b := s.t.RawGetInt(i+1), s.t.RawGetInt(j+1)
	s.t.RawSetInt(i+1, b)
	s.t.RawSetInt(j+1, a)
}

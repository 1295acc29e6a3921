package lib

import (
	"microts/internal/luavm"
)

var tableFunctions = []function{
	{"concat", concat},
	{"foreach", forEach},
	{"foreachi", forEachI},
	{"getn", getN},
	{"insert", insert},
	{"maxn", maxN},
	{"move", move},
	{"pack", packTable},
	{"remove", remove},
	{"sort", sortTable},
	{"new", TableNew},
	{"clear", TableClear},
}

// table returns an argument that is a table of either kind.
func table(c *luavm.Call, i int) luavm.Value {
	v := c.Arg(i)
	if !v.IsTable() {
		c.TypeError(i, "table")
	}
	return v
}

// insert is table.insert(t, [i,] v).
func insert(c *luavm.Call) {
	t := table(c, 1)
	own, isOwn := t.AsTable()
	n := 0
	if isOwn {
		n = own.Len()
	} else {
		n = t.RawLen()
	}
	switch c.NumArgs() {
	case 2:
		c.RawSet(t, luavm.Int(n+1), c.Arg(2))
	case 3:
		i := c.Int(2)
		if isOwn && 1 <= i && i <= n {
			c.RawSet(t, luavm.Int(n+1), own.GetInt(n))
			own.Insert(i, n, c.Arg(3))
			break
		}
		for k := n + 1; k > i; k-- {
			if k&0xfff == 0 {
				c.CheckStop()
			}
			c.RawSet(t, luavm.Int(k), t.RawGet(luavm.Int(k-1)))
		}
		c.RawSet(t, luavm.Int(i), c.Arg(3))
	default:
		c.Errorf("wrong number of arguments to 'insert'")
	}
	c.Return()
}

// remove is table.remove(t [, i]).
func remove(c *luavm.Call) {
	notMissing(c, 1, "table")
	t := table(c, 1)
	n := t.RawLen()
	i := n
	if !c.Arg(2).IsNil() {
		i = c.Int(2)
	}
	if i < 1 || i > n {
		c.Return()
		return
	}
	if own, ok := t.AsTable(); ok {
		c.Return(own.Remove(i, n))
		return
	}
	removed := t.RawGet(luavm.Int(i))
	for ; i < n; i++ {
		c.RawSet(t, luavm.Int(i), t.RawGet(luavm.Int(i+1)))
	}
	c.RawSet(t, luavm.Int(n), luavm.Nil)
	c.Return(removed)
}

// concat is table.concat(t [, separator [, first [, last]]]).
func concat(c *luavm.Call) {
	t, separator := table(c, 1), c.OptString(2, "")
	first, last := c.OptInt(3, 1), 0
	if c.Arg(4).IsNil() {
		last = t.RawLen()
	} else {
		last = c.Int(4)
	}
	c.Return(luavm.OwnText(join(c, t, separator, first, last)))
}

// join returns the strings and numbers of the keys first to last with separators between
// them.
func join(c *luavm.Call, t luavm.Value, separator string, first, last int) []byte {
	size := joinedSize(c, t, separator, first, last)
	c.Room(size)
	b := make([]byte, 0, size)
	for i := first; i <= last; i++ {
		if v := t.RawGet(luavm.Int(i)); v.IsString() {
			b = append(b, v.Text()...)
		} else {
			b = luavm.AppendNumber(b, v.Float())
		}
		if i < last {
			b = append(b, separator...)
		}
	}
	return b
}

// joinedSize returns how many bytes join makes, or a little more.
func joinedSize(c *luavm.Call, t luavm.Value, separator string, first, last int) int {
	const longestNumber = 24
	size := 0
	for i := first; i <= last; i++ {
		switch v := t.RawGet(luavm.Int(i)); {
		case v.IsString():
			size += len(v.Text())
		case v.IsNumber():
			if f := v.Float(); f == float64(int8(f)) {
				size += 4
			} else {
				size += longestNumber
			}
		default:
			c.Errorf("invalid value (%s) at index %d in table for 'concat'", v.TypeName(), i)
		}
		size += len(separator)
		if i&0xffff == 0 {
			c.CheckStop()
		}
	}
	return max(size-len(separator), 0)
}

// maxN is table.maxn(t): the greatest number among the keys.
func maxN(c *luavm.Call) {
	greatest := 0.0
	each(c, table(c, 1), func(key, v luavm.Value) bool {
		if key.IsNumber() {
			greatest = max(greatest, key.Float())
		}
		return true
	})
	c.Return(luavm.Number(greatest))
}

// each calls do for the keys of a table until it returns false.
func each(c *luavm.Call, t luavm.Value, do func(key, v luavm.Value) bool) {
	key, v, ok := t.RawNext(luavm.Nil)
	for n := 0; ok && !key.IsNil() && do(key, v); n++ {
		if n&0xfff == 0 {
			c.CheckStop()
		}
		key, v, ok = t.RawNext(key)
	}
	if !ok {
		c.Errorf("invalid key to 'next'")
	}
}

func getN(c *luavm.Call) {
	notMissing(c, 1, "table")
	c.Return(luavm.Int(table(c, 1).RawLen()))
}

func tableAndFunction(c *luavm.Call) (t, f luavm.Value) {
	notMissing(c, 1, "table")
	t = table(c, 1)
	notMissing(c, 2, "function")
	return t, c.Function(2)
}

// forEach is table.foreach(t, f).
func forEach(c *luavm.Call) {
	t, f := tableAndFunction(c)
	result := luavm.Nil
	each(c, t, func(key, v luavm.Value) bool {
		result = c.Call1(f, key, v)
		return result.IsNil()
	})
	returnFound(c, result)
}

// forEachI is table.foreachi(t, f).
func forEachI(c *luavm.Call) {
	t, f := tableAndFunction(c)
	result := luavm.Nil
	for i, n := 1, t.RawLen(); i <= n && result.IsNil(); i++ {
		result = c.Call1(f, luavm.Int(i), t.RawGet(luavm.Int(i)))
	}
	returnFound(c, result)
}

func returnFound(c *luavm.Call, v luavm.Value) {
	if v.IsNil() {
		c.Return()
	} else {
		c.Return(v)
	}
}

// move is table.move(from, first, last, at [, to]).
func move(c *luavm.Call) {
	notMissing(c, 1, "table")
	from := table(c, 1)
	for i := 2; i <= 4; i++ {
		notMissing(c, i, "number")
	}
	first, last, at := c.Int(2), c.Int(3), c.Int(4)
	to := from
	if !c.Arg(5).IsNil() {
		to = table(c, 5)
	}
	step, k, end := 1, 0, last-first+1
	if at > first && at <= last && to == from {
		step, k, end = -1, last-first, -1
	}
	if first > last {
		k = end
	}
	for ; k != end; k += step {
		if k&0xfff == 0 {
			c.CheckStop()
		}
		c.RawSet(to, luavm.Int(at+k), from.RawGet(luavm.Int(first+k)))
	}
	c.Return(to)
}

// packTable is table.pack(...).
func packTable(c *luavm.Call) {
	n := c.NumArgs()
	t := luavm.NewTable(n, 1)
	t.SetList(1, c.Args(1))
	t.SetStr(keyN, luavm.Int(n))
	c.Return(t.Value())
}

var keyN = luavm.Intern("n")

// TableNew is table.new(narray, nhash).
func TableNew(c *luavm.Call) {
	const (
		mostArray = 1 << 27
		mostHash  = 1 << 26
		valueSize = 16
		nodeSize  = 40
	)
	narray, nhash := c.Int(1), c.Int(2)
	if uint(narray) > mostArray || uint(nhash) > mostHash {
		c.Errorf("table overflow")
	}
	c.Room(narray*valueSize + nhash*nodeSize)
	c.Return(luavm.NewTable(narray, nhash).Value())
}

// TableClear is table.clear(t): it removes all keys.
func TableClear(c *luavm.Call) {
	t := table(c, 1)
	if own, ok := t.AsTable(); ok {
		own.Clear()
	} else {
		each(c, t, func(key, _ luavm.Value) bool {
			c.RawSet(t, key, luavm.Nil)
			return true
		})
	}
	c.Return()
}

package lib

import (
	"strings"

	"microts/internal/luavm"
)

// gsub is string.gsub(s, pattern, replacement [, n]).
func gsub(c *luavm.Call) {
	s, pattern := c.String(1), c.String(2)
	by := c.Arg(3)
	r := replacer{matcher: newMatcher(s, pattern, c), call: c, by: by}
	switch {
	case by.IsNumber():
		r.text, r.isText = luavm.FormatNumber(by.Float()), true
	case by.IsString():
		r.text, r.isText = by.Text(), true
	case !by.IsTable() && !by.IsFunction():
		c.ArgError(3, "string/function/table expected")
	}
	r.isPlain = r.isText && strings.IndexByte(r.text, '%') < 0
	n := r.all(c.OptInt(4, len(s)+1))
	if n == 0 {
		c.Return(luavm.Part(s), luavm.Int(0))
		return
	}
	c.Return(luavm.OwnText(r.out), luavm.Int(n))
}

// replacer replaces matches of a pattern.
type replacer struct {
	matcher
	call    *luavm.Call
	by      luavm.Value // what matches are replaced by: a string, a table or a function
	text    string      // by, if it is a string or number
	isText  bool
	isPlain bool // text has no '%'
	out     []byte
	room    int // bytes that out may grow to before the state is asked again
}

// all replaces up to most matches and returns how many there were. out is the result if
// there was one.
func (r *replacer) all(most int) (n int) {
	anchor := 0
	if strings.HasPrefix(r.pattern, "^") {
		anchor = 1
	}
	var first start
	if anchor == 0 {
		first = r.firstItem()
	}
	at, copied := 0, 0
	for n < most {
		if at = r.skip(at, first); at < 0 {
			break
		}
		r.begin()
		end := r.match(at, anchor)
		if end >= 0 {
			n++
			r.append(r.src[copied:at])
			r.replace(at, end)
			copied = end
		}
		if end > at {
			at = end
		} else {
			at++
		}
		if at > len(r.src) || anchor == 1 {
			break
		}
	}
	if n > 0 {
		r.append(r.src[copied:])
	}
	r.call.Hold(0)
	return n
}

// append appends to out.
func (r *replacer) append(s string) {
	if n := len(r.out) + len(s); n > r.room {
		if r.room == 0 {
			n = max(n, len(r.src)+len(r.src)/8+16)
		} else {
			n += n / 2
		}
		r.call.Room(n)
		out := make([]byte, len(r.out), n)
		copy(out, r.out)
		r.out, r.room = out, n
		r.call.Hold(n)
	}
	r.out = append(r.out, s...)
}

// replace appends what comes in the place of the match from start to end.
func (r *replacer) replace(start, end int) {
	switch {
	case r.isPlain:
		r.append(r.text)
		return
	case r.isText:
		r.expand(start, end)
		return
	}
	var v luavm.Value
	if r.by.IsTable() {
		v = r.call.Index(r.by, r.value(0, start, end))
	} else {
		var captures [maxCaptures]luavm.Value
		v = r.call.Call1(r.by, r.values(&captures, start, end)...)
	}
	switch {
	case !v.Truth():
		r.append(r.src[start:end])
	case v.IsString():
		r.append(v.Text())
	case v.IsNumber():
		r.append(luavm.FormatNumber(v.Float()))
	default:
		r.call.Errorf("invalid replacement value (a %s)", v.TypeName())
	}
}

// expand appends text with its captures: %0 is the match, %1 to %9 are the captures, and
// '%' before any other byte stands for that byte. Like LuaJIT, it takes a '%' at the end
// for a byte 0.
func (r *replacer) expand(start, end int) {
	rest := r.text
	for {
		i := strings.IndexByte(rest, '%')
		if i < 0 {
			r.append(rest)
			return
		}
		r.append(rest[:i])
		next := "\x00"
		if i+1 < len(rest) {
			next = rest[i+1 : i+2]
		}
		switch {
		case next == "0":
			r.append(r.src[start:end])
		case "1" <= next && next <= "9":
			text, position := r.capture(int(next[0]-'1'), start, end)
			if position > 0 {
				text = luavm.FormatNumber(float64(position))
			}
			r.append(text)
		default:
			r.append(next)
		}
		rest = rest[min(i+2, len(rest)):]
	}
}

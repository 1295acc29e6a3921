package batch

import (
	"strconv"

	"microts/internal/frame"
	"microts/internal/luavm"
)

// addFrame adds the rows of a frame, whose missing values are missing. A column without
// values is none.
func (m *tableMaker) addFrame(f *frame.Frame) error {
	for _, c := range f.Columns() {
		at, value := len(m.columns), frameValues(c)
		for row := range f.Rows() {
			if row&0xffff == 0 {
				if err := m.state.Ended(); err != nil {
					return err
				}
			}
			if c.Missing(row) {
				continue
			}
			m.rows = row + 1
			if _, err := m.set(c.Name, at, value(row)); err != nil {
				return err
			}
		}
	}
	m.rows = f.Rows()
	return nil
}

// frameValues returns a function that returns a value of a column. Unsigned integers are
// texts if a number does not hold one of them.
func frameValues(c *frame.Column) func(row int) luavm.Value {
	switch c.Kind {
	case frame.Float:
		return func(row int) luavm.Value { return luavm.Number(c.Float(row)) }
	case frame.Unsigned:
		const maxExact = 1 << 53
		for row := range c.Len() {
			if c.Unsigned(row) > maxExact {
				return func(row int) luavm.Value {
					return luavm.NewString(strconv.FormatUint(c.Unsigned(row), 10)).Value()
				}
			}
		}
		return func(row int) luavm.Value { return luavm.Int(int(c.Unsigned(row))) }
	case frame.Text:
		codes, words := c.Codes()
		values := make([]luavm.Value, len(words))
		for i, word := range words {
			values[i] = luavm.NewString(word).Value()
		}
		return func(row int) luavm.Value { return values[codes[row]] }
	case frame.Mask:
		return func(row int) luavm.Value { return luavm.Bool(c.Truth(row)) }
	}
	return func(row int) luavm.Value { return luavm.Int(int(c.Int(row))) }
}

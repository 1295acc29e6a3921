package luavm

// Len returns a border: 0 or an integer key with a value, whose successor has none. It
// takes as many steps as the length has binary digits, or fewer.
func (t *Table) Len() int {
	if n := len(t.array); !t.integers && (n == 0 || !t.array[n-1].isNil()) {
		return n
	}
	return t.searchBorder()
}

func (t *Table) searchBorder() int {
	if n := len(t.array); n == 0 || !t.array[n-1].isNil() {
		return t.borderBeyond(n)
	}
	return t.borderInArray()
}

// Append sets the value of the key after the border.
func (t *Table) Append(v Value) { t.SetInt(t.Len()+1, v) }

// borderInArray searches array, whose last value is nil. It searches in the order in
// which LuaJIT does, unless there is a border near the last one, as with a stack.
func (t *Table) borderInArray() int {
	if b := int(t.border); b > 0 {
		for _, b := range [...]int{b, b - 1, b + 1} {
			if b > 0 && b < len(t.array) && !t.array[b-1].isNil() && t.array[b].isNil() {
				t.border = uint32(b)
				return b
			}
		}
	}
	low, high := 0, len(t.array)
	for high-low > 1 {
		if middle := (low + high) / 2; t.array[middle-1].isNil() {
			high = middle
		} else {
			low = middle
		}
	}
	t.border = uint32(low)
	return low
}

// borderBeyond searches from n on, which is 0 or has a value.
func (t *Table) borderBeyond(n int) int {
	low, high := n, n+1
	for !t.GetInt(high).isNil() {
		low, high = high, 2*high
	}
	for high-low > 1 {
		if middle := (low + high) / 2; t.GetInt(middle).isNil() {
			high = middle
		} else {
			low = middle
		}
	}
	return low
}

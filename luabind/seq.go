package luabind

import (
	"microts/internal/luavm"
	"microts/internal/tick"
	"microts/store"
)

const (
	wantSeq       = "integer 0..65535"
	wantSeqOrAuto = wantSeq + ` or "auto"`
)

// isAuto reports whether v is the seq "auto": the next free one of its time.
func isAuto(v luavm.Value) bool { return isText(v, "auto") }

// wantSeq says which seqs the function takes.
func (s *signature) wantSeq() string {
	if s == &putSig {
		return wantSeqOrAuto
	}
	return wantSeq
}

// seqKind reads the seqs of the rows or points of a call. All of them are automatic, or
// none: otherwise an explicit seq could take the place of an automatic one before it.
type seqKind struct {
	auto  bool
	known bool // auto is that of the option, or of the rows so far
	all   bool // the option says auto: no row needs a seq
}

func newSeqKind(o *store.WriteOptions) seqKind {
	return seqKind{auto: o.AutoSeq, known: o.AutoSeq, all: o.AutoSeq}
}

// read returns the seq of the next row, which is 0 if it is automatic.
func (k *seqKind) read(v luavm.Value) (uint16, error) {
	seq, isSeq := integer(v, tick.MaxSeq)
	auto := !isSeq && isAuto(v)
	switch {
	case !isSeq && !auto && !v.IsNil():
		return 0, badField("seq", wantSeqOrAuto, v)
	case !k.known:
		k.auto, k.known = auto, true
	case k.auto == auto, k.all && v.IsNil():
	case k.all:
		return 0, badField("seq", `"auto" or none, as the option seq says,`, v)
	case k.auto:
		return 0, badField("seq", `"auto", as before it,`, v)
	default:
		return 0, badField("seq", wantSeq+", as before it,", v)
	}
	return uint16(seq), nil
}

// writeOptions returns argument i, a table of the options of a write.
func writeOptions(c *luavm.Call, i int) (store.WriteOptions, error) {
	if c.Arg(i).IsNil() {
		return store.WriteOptions{}, nil
	}
	var o store.WriteOptions
	err := readOptions(c, i, func(name string, value luavm.Value) error { return setWriteOption(&o, name, value) })
	return o, err
}

// setWriteOption sets an option of a write.
func setWriteOption(o *store.WriteOptions, name string, value luavm.Value) error {
	switch name {
	case "seq":
		if !isAuto(value) {
			return expected(`"auto"`, value)
		}
		o.AutoSeq = true
	case "count_overwritten":
		if value != luavm.True && value != luavm.False {
			return expected("boolean", value)
		}
		o.CountOverwrites = value == luavm.True
	default:
		return unknownName(name, "seq", "count_overwritten")
	}
	return nil
}

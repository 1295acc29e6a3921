package luabind

import (
	"errors"
	"fmt"

	"microts/internal/archive"
	"microts/internal/luavm"
)

var sealSig = newSignature("seal", "db", "opts")

// sealOptions are what seal takes.
type sealOptions struct {
	to string // URL; "": that of the handle's archive
	archive.SealOptions
}

func seal(c *luavm.Call) {
	s := &sealSig
	h := s.handle(c)
	if err := moduleOf(c).mayNotSeal; err != nil {
		s.throw(c, err)
	}
	s.database(c, h)
	if !c.Arg(2).IsTable() {
		s.bad(c, 2, `table of options such as {to = "s3://BUCKET/PREFIX", market = "S", date = "2026-11-24"}`)
	}
	var o sealOptions
	s.eachOption(c, 2, o.set)
	if (o.Date == "") == (o.Before == "") {
		s.throw(c, &argError{2, errors.New("one of the options date and before expected")})
	}
	if o.to == "" {
		a := h.source.Archive()
		if a == nil {
			s.badOption(c, 2, "to", &valueError{"URL of the archive", "none"})
		}
		o.to = a.Path()
	}
	report, err := h.source.Seal(c.State().Context(), o.to, o.SealOptions)
	if err != nil {
		s.raise(c, h, err)
	}
	c.Return(sealedDays(c, report).Value())
}

// set sets an option of seal.
func (o *sealOptions) set(name string, value luavm.Value) error {
	texts := map[string]*string{
		"to": &o.to, "date": &o.Date, "before": &o.Before, "zone": &o.Rule.Zone, "day_starts": &o.Rule.Starts,
	}
	if text := texts[name]; text != nil {
		if !value.IsString() || value.Text() == "" {
			return expected("string", value)
		}
		*text = value.Text()
		return nil
	}
	switch name {
	case "market":
		if len(optText(value)) != 1 {
			return expected("one printable ASCII character", value)
		}
		o.Market = value.Text()[0]
	case "revise":
		switch optText(value) {
		case "merge":
			o.Revise = archive.Merge
		case "replace":
			o.Revise = archive.Replace
		default:
			return expected(`"merge" or "replace"`, value)
		}
	default:
		return unknownName(name, "to", "market", "date", "before", "revise", "zone", "day_starts")
	}
	return nil
}

// sealedShape is that of the rows that seal returns.
var sealedShape = luavm.NewShape(0, 0, keysOf("market", "date", "revision", "outcome", "ticks", "codes", "parts", "bytes")...)

func sealedDays(c *luavm.Call, report archive.SealReport) *luavm.Table {
	memory := growing{c: c}
	list := luavm.NewTable(len(report.Days), 0)
	for i := range report.Days {
		d := &report.Days[i]
		row := sealedShape.NewTable()
		for at, v := range []luavm.Value{
			luavm.Byte(d.Market), luavm.Part(d.Date), luavm.Int(d.Revision), luavm.Part(string(d.Outcome)),
			luavm.Int(int(d.Rows)), luavm.Int(d.Codes), luavm.Int(d.Parts), luavm.Int(int(d.Bytes)),
		} {
			row.SetField(at, v)
		}
		list.Append(row.Value())
		memory.add(int(row.MemorySize()))
	}
	memory.end()
	return list
}

// ForbidSealing makes seal fail with an error.
func (m *Module) ForbidSealing(why error) { m.mayNotSeal = fmt.Errorf("%w", why) }

package luabind

import (
	"errors"
	"fmt"
	"math"
	"time"

	"microts/internal/bars"
	"microts/internal/calendar"
	"microts/internal/frame"
	"microts/internal/luavm"
	"microts/internal/tick"
)

var (
	ticksSig     = newSignature("ticks", "db", "market", "code", "from?", "to?", "opts?")
	barsSig      = newSignature("bars", "db", "market", "code", "from", "to", "width", "opts?")
	atSig        = newSignature("at", "db", "time", "instruments", "opts?")
	frameBarsSig = newSignature("bars", frameArg, "width", "opts?")
)

// ticks reads ticks into a frame.
func ticks(c *luavm.Call) {
	host := hold(c)
	defer host.end()
	s := &ticksSig
	h := s.handle(c)
	in := *s.instrument(c, h)
	r := s.span(c, 4)
	o := frame.TickOptions{Zone: Zone(c.State())}
	s.eachOption(c, 6, func(name string, v luavm.Value) (err error) {
		switch name {
		case "fields":
			o.Fields, err = fieldsOf(v)
		case "layout":
			text := ""
			if err = stringOf(v, &text); err == nil {
				o.Layout, err = frame.ParseLayout(text)
			}
		case "skip":
			err = truthOf(v, &o.Skip)
		default:
			err = unknownName(name, "fields", "layout", "skip")
		}
		return err
	})
	if o.Layout != nil && o.Fields != nil {
		s.badOption(c, 6, "fields", fmt.Errorf("a layout names its fields itself"))
	}
	f, err := frame.Ticks(host, h.source, &in, r, o)
	if err != nil {
		s.raise(c, h, err)
	}
	s.returnFrame(c, f, nil)
}

// makeBars makes bars of ticks.
func makeBars(c *luavm.Call) {
	s := &barsSig
	h := s.handle(c)
	in := *s.instrument(c, h)
	o := bars.Options{Range: s.span(c, 4), Zone: Zone(c.State())}
	name, err := h.source.Name(&in)
	if err != nil {
		s.raise(c, h, err)
	}
	s.barOptions(c, 6, &o, calendar.Of(name.Market, name.Code))
	host := hold(c)
	defer host.end()
	o.Check = host.checkBars
	var made *bars.Bars
	if err := frame.CheckBarAggs(nil, o.Aggs); err != nil {
		s.badOption(c, 7, "agg", err)
	}
	if o.Range.Empty() {
		made = &bars.Bars{Aggs: make([][]float64, len(o.Aggs))}
	} else if made, err = bars.Read(interruptible{h.source, c}, &in, o); err != nil {
		s.raise(c, h, err)
	}
	c.Room(made.Len() % bars.CheckStep * barSize) // checkBars has counted the others
	f, err := frame.OfBars(made, frame.AggNames(o.Aggs), o.Zone)
	s.returnFrame(c, f, err)
}

// barSize is how many bytes a bar takes.
const barSize = 2*8 + 7*8 + 8 + 1 + 2*16

// checkBars counts the memory of bars.CheckStep bars, and ends the call if the script is
// stopped: see bars.Options.
func (h *holder) checkBars(int) error {
	h.Room(bars.CheckStep * barSize)
	h.CheckStop()
	return nil
}

// barOptions reads arguments i, the width of bars, and i+1, the options. usual is the
// calendar unless the options say another one; nil is none.
func (s *signature) barOptions(c *luavm.Call, i int, o *bars.Options, usual *calendar.Calendar) {
	o.Calendar = usual
	s.eachOption(c, i+1, func(name string, v luavm.Value) error { return setBarOption(c, o, name, v) })
	width := c.Arg(i)
	if o.By != bars.ByTime {
		if !width.IsNumber() || !(width.Float() > 0) || math.IsInf(width.Float(), 0) {
			s.bad(c, i, "number above 0, which ends a bar,")
		}
		o.Step = width.Float()
	} else {
		us, err := durationOf(width)
		if err == nil && us <= 0 {
			err = expected("width above 0", width)
		}
		if err != nil {
			s.throw(c, &argError{i, err})
		}
		o.Width = us
	}
	if bad := (*bars.OptionError)(nil); errors.As(o.Validate(), &bad) {
		if bad.Option == "fill" {
			s.badOption(c, i+1, bad.Option, errors.New(bad.Reason))
		}
		s.throw(c, &argError{i, errors.New(bad.Reason)})
	}
}

// setBarOption sets an option of bars.
func setBarOption(c *luavm.Call, o *bars.Options, name string, v luavm.Value) (err error) {
	switch name {
	case "by":
		o.By, err = oneOf(v, map[string]bars.By{"time": bars.ByTime, "qty": bars.ByQty, "amount": bars.ByAmount, "count": bars.ByCount}, `"time", "qty", "amount" or "count"`)
	case "fill":
		o.Fill, err = oneOf(v, map[string]bars.Fill{"none": bars.FillNone, "prev": bars.FillPrev, "nan": bars.FillNaN}, `"none", "prev" or "nan"`)
	case "session":
		o.Calendar = nil
		if v != luavm.False {
			o.Calendar, err = openCalendar(v)
		}
	case "zone":
		o.Zone, err = zoneOf(c, v)
	case "skip":
		err = truthOf(v, &o.Skip)
	case "agg":
		err = eachAggregate(v, func(name, op, of string) error {
			if of == "" {
				of = "price"
			}
			a, err := frame.ParseBarAgg(name, op, of)
			o.Aggs = append(o.Aggs, a)
			return err
		})
	default:
		err = unknownName(name, "by", "session", "fill", "agg", "zone", "skip")
	}
	return err
}

// oneOf reads a text that is one of some.
func oneOf[T any](v luavm.Value, values map[string]T, want string) (value T, err error) {
	value, ok := values[optText(v)]
	if !ok || !v.IsString() {
		err = expected(want, v)
	}
	return value, err
}

// zoneOf reads the name of a time zone.
func zoneOf(c *luavm.Call, v luavm.Value) (*time.Location, error) {
	const want = `name of a time zone such as "Asia/Shanghai" or "UTC"`
	if !v.IsString() || v.Text() == "" {
		return nil, expected(want, v)
	}
	zone, err := moduleOf(c).zoneNamed(v.Text())
	if err != nil {
		return nil, expected(want, v)
	}
	return zone, nil
}

// interruptible is a source whose scans end when the script is stopped.
type interruptible struct {
	tick.ColumnSource
	c *luavm.Call
}

// ScanColumns implements tick.ColumnSource.
func (s interruptible) ScanColumns(in *tick.Instrument, o tick.ScanOptions, set tick.ColumnSet) (tick.ColumnBlocks, error) {
	blocks, err := s.ColumnSource.ScanColumns(in, o, set)
	if err != nil {
		return nil, err
	}
	return interruptibleBlocks{blocks, s.c}, nil
}

type interruptibleBlocks struct {
	tick.ColumnBlocks
	c *luavm.Call
}

// Read implements tick.ColumnBlocks.
func (b interruptibleBlocks) Read(columns *tick.Columns) bool {
	b.c.CheckStop()
	return b.ColumnBlocks.Read(columns)
}

// frameBars makes bars of a frame of ticks, or longer ones of a frame of bars.
func frameBars(c *luavm.Call) {
	host := hold(c)
	defer host.end()
	s := &frameBarsSig
	f := s.frame(c, 1)
	o := bars.Options{Zone: f.Zone}
	s.barOptions(c, 2, &o, nil)
	o.Check = host.checkBars
	if err := frame.CheckBarAggs(f.Frame, o.Aggs); err != nil {
		s.badOption(c, 3, "agg", err)
	}
	made, err := f.Bars(host, o)
	s.returnFrame(c, made, err)
}

// at reads the last tick of each of some instruments.
func at(c *luavm.Call) {
	host := hold(c)
	defer host.end()
	s := &atSig
	h := s.handle(c)
	if c.Arg(2).IsNil() {
		s.bad(c, 2, wantTime)
	}
	us := s.textTime(c, 2, 0)
	names := s.namesOfInstruments(c, 3)
	within := int64(-1)
	s.eachOption(c, 4, func(name string, v luavm.Value) (err error) {
		if name != "within" {
			return unknownName(name, "within")
		}
		within, err = lengthOf(v)
		return err
	})
	f, err := frame.At(host, h.source, names, h.source.Find, us, within, Zone(c.State()))
	if err != nil {
		s.raise(c, h, err)
	}
	s.returnFrame(c, f, nil)
}

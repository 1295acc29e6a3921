package batch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"microts/internal/luavm"
)

// Param is a parameter of a job. Value is a string, a float64 or a bool.
type Param struct {
	Name  string
	Value any
}

// Params are the parameters of a job in their order; their names differ. In JSON
// they are an object.
type Params []Param

// Get returns the value of the parameter with this name, or nil if there is none.
func (p Params) Get(name string) any {
	for _, q := range p {
		if q.Name == name {
			return q.Value
		}
	}
	return nil
}

// with returns p and more together; the values of more win.
func (p Params) with(more Params) Params {
	all := append(Params(nil), p...)
next:
	for _, q := range more {
		for i := range all {
			if all[i].Name == q.Name {
				all[i].Value = q.Value
				continue next
			}
		}
		all = append(all, q)
	}
	return all
}

// String returns the parameters as a job's name shows them:
// "code=600000,date=2023-11-01".
func (p Params) String() string {
	var b strings.Builder
	for i, q := range p {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(q.Name + "=" + showValue(q.Value))
	}
	return b.String()
}

// showValue shows the value of a parameter or of a result: all digits of a number,
// NaN, +Inf, -Inf, and "" for nil.
func showValue(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// decimal matches a number without leading zeros.
var decimal = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// parseColumn reads the values that one parameter takes. They have one type: they are
// bools if all are "true" or "false", numbers if all are decimal numbers below 2^53
// without leading zeros, else strings.
func parseColumn(texts []string) []any {
	for _, parse := range []func(string) (any, bool){parseTruth, parseNumber} {
		if values, ok := parseAll(texts, parse); ok {
			return values
		}
	}
	values := make([]any, len(texts))
	for i, text := range texts {
		values[i] = text
	}
	return values
}

// parseAll parses all texts; ok is false if one cannot be parsed.
func parseAll(texts []string, parse func(string) (any, bool)) (values []any, ok bool) {
	for _, text := range texts {
		v, ok := parse(text)
		if !ok {
			return nil, false
		}
		values = append(values, v)
	}
	return values, true
}

func parseTruth(text string) (any, bool) { return text == "true", text == "true" || text == "false" }

func parseNumber(text string) (any, bool) {
	const exact = 1 << 53
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil && decimal.MatchString(text) && math.Abs(f) < exact
}

// luaValue returns the value of a parameter as a script sees it.
func luaValue(v any) luavm.Value {
	switch v := v.(type) {
	case string:
		return luavm.Part(v)
	case float64:
		return luavm.Number(v)
	case bool:
		return luavm.Bool(v)
	}
	return luavm.Nil
}

// MarshalJSON implements json.Marshaler.
func (p Params) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, q := range p {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(q.Name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(q.Value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (p *Params) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("parameters: an object expected")
	}
	*p = nil
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return err
		}
		*p = append(*p, Param{name.(string), value})
	}
	return nil
}

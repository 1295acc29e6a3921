package batch

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParamsInJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p Params
		for _, name := range rapid.SliceOfDistinct(rapid.String(), rapid.ID[string]).Draw(t, "names") {
			p = append(p, Param{name, rapid.OneOf(
				rapid.Float64Range(-1e300, 1e300).AsAny(), rapid.StringMatching(`[ -~中]*`).AsAny(), rapid.Bool().AsAny()).Draw(t, "value")})
		}
		text, err := p.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var back Params
		if err := back.UnmarshalJSON(text); err != nil || len(back) != len(p) {
			t.Fatalf("%s: %v, %v", text, back, err)
		}
		for i := range p {
			if strings.ToValidUTF8(p[i].Name, "\ufffd") != back[i].Name || p[i].Value != back[i].Value {
				t.Fatalf("%s: %v is not %v", text, back[i], p[i])
			}
		}
	})
}

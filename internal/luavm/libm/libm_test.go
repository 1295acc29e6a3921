package libm

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// TestResultsAreTheNearestFloat64 compares with results of 200 binary digits. All but a
// few must be the nearest float64, and the others the next one.
func TestResultsAreTheNearestFloat64(t *testing.T) {
	const rounds = 3000
	r := rand.New(rand.NewPCG(1, 2))
	for name, f := range map[string]func() (got float64, exact *big.Float){
		"Exp": func() (float64, *big.Float) {
			x := (r.Float64() - 0.5) * 60
			return Exp(x), bigExp(number(x))
		},
		"Log": func() (float64, *big.Float) {
			x := math.Exp((r.Float64() - 0.5) * 20)
			return Log(x), bigLn(number(x))
		},
		"Log near 1": func() (float64, *big.Float) {
			x := 1 + (r.Float64()-0.5)/50
			return Log(x), bigLn(number(x))
		},
		"Log2": func() (float64, *big.Float) {
			x := r.Float64() * 100
			return Log2(x), number(0).Quo(bigLn(number(x)), bigLn(number(2)))
		},
		"Pow": func() (float64, *big.Float) {
			x, y := r.Float64()*100, (r.Float64()-0.5)*50
			return Pow(x, y), bigExp(number(0).Mul(number(y), bigLn(number(x))))
		},
		"Sin": func() (float64, *big.Float) {
			x := (r.Float64() - 0.5) * 200
			sin, _ := bigSinCos(x)
			return Sin(x), sin
		},
		"Cos": func() (float64, *big.Float) {
			x := (r.Float64() - 0.5) * 20
			_, cos := bigSinCos(x)
			return Cos(x), cos
		},
		"Tan": func() (float64, *big.Float) {
			x := (r.Float64() - 0.5) * 20
			sin, cos := bigSinCos(x)
			return Tan(x), sin.Quo(sin, cos)
		},
		"Atan": func() (float64, *big.Float) {
			x := (r.Float64() - 0.5) * 20
			y := math.Atan(x) // plus (x cos y - sin y) / (cos y + x sin y), but for its square
			sin, cos := bigSinCos(y)
			top := number(0).Sub(number(0).Mul(number(x), cos), sin)
			return Atan(x), top.Quo(top, sin.Add(cos, sin.Mul(sin, number(x)))).Add(top, number(y))
		},
		"Asin": func() (float64, *big.Float) {
			x := (r.Float64() - 0.5) * 1.9
			y := math.Asin(x) // plus (x - sin y) / cos y, but for its square
			sin, cos := bigSinCos(y)
			return Asin(x), sin.Quo(sin.Sub(number(x), sin), cos).Add(sin, number(y))
		},
		"Pow with a small integer": func() (float64, *big.Float) {
			x, y := r.Float64()*10, float64(r.IntN(20)-10)
			return Pow(x, y), bigExp(number(0).Mul(number(y), bigLn(number(x))))
		},
	} {
		t.Run(name, func(t *testing.T) {
			missed := 0
			for range rounds {
				got, exact := f()
				want, _ := exact.Float64()
				if got == want {
					continue
				}
				missed++
				if math.Nextafter(got, want) != want {
					t.Errorf("%v instead of %v", got, want)
				}
			}
			if missed > rounds/100 {
				t.Errorf("%d of %d results are not the nearest", missed, rounds)
			}
		})
	}
}

func number(f float64) *big.Float { return new(big.Float).SetPrec(200).SetFloat64(f) }

// bigExp returns e^x: the series of x divided by 2^20, squared 20 times.
func bigExp(x *big.Float) *big.Float {
	const halvings = 20
	x = number(0).SetMantExp(x, -halvings)
	total, term := number(1), number(1)
	for n := 1; n < 20; n++ {
		term.Mul(term, x)
		term.Quo(term, number(float64(n)))
		total.Add(total, term)
	}
	for range halvings {
		total.Mul(total, total)
	}
	return total
}

// bigSinCos returns the sums of the series, whose terms are up to 10^43 for an x of 100.
func bigSinCos(x float64) (sin, cos *big.Float) {
	wide := func(f float64) *big.Float { return new(big.Float).SetPrec(500).SetFloat64(f) }
	sin, cos, term := wide(0), wide(0), wide(1)
	for n := 1; term.MantExp(nil) > -250; n++ {
		total := cos
		if n%2 == 0 {
			total = sin
		}
		if n%4 == 1 || n%4 == 2 {
			total.Add(total, term)
		} else {
			total.Sub(total, term)
		}
		term.Mul(term, wide(math.Abs(x)))
		term.Quo(term, wide(float64(n)))
	}
	if x < 0 {
		sin.Neg(sin)
	}
	return sin, cos
}

// bigLn returns the logarithm of x by Newton's iteration, from what package math has.
func bigLn(x *big.Float) *big.Float {
	f, _ := x.Float64()
	y := number(math.Log(f))
	for range 2 {
		q := number(0).Quo(x, bigExp(y))
		d := number(0).Quo(number(0).Sub(q, number(1)), number(0).Add(q, number(1)))
		y.Add(y, d.Add(d, d))
	}
	return y
}

func TestSpecialCasesAreThoseOfPackageMath(t *testing.T) {
	values := []float64{
		0, math.Copysign(0, -1), 1, -1, 2, -2, 0.5, -0.5, 3, -3, 1e300, -1e300, 5e-324, 1e-310, math.MaxFloat64, math.Inf(1),
		math.Inf(-1), math.NaN(), 700, 710, -744, -746, 1 << 60, -(1 << 60), 1e-20, -1e-20,
	}
	same := func(name string, got, want float64, args ...float64) {
		t.Helper()
		if math.Float64bits(got) == math.Float64bits(want) || got != got && want != want {
			return
		}
		if d := math.Abs(got-want) / math.Abs(want); !(d < 1e-13) && math.Abs(got-want) > 1e-323 {
			t.Errorf("%s%v is %v, not %v", name, args, got, want)
		}
	}
	for _, x := range values {
		same("Exp", Exp(x), math.Exp(x), x)
		same("Sin", Sin(x), math.Sin(x), x)
		same("Cos", Cos(x), math.Cos(x), x)
		same("Tan", Tan(x), math.Tan(x), x)
		same("Asin", Asin(x), math.Asin(x), x)
		same("Acos", Acos(x), math.Acos(x), x)
		same("Atan", Atan(x), math.Atan(x), x)
		if x < 5e-324 || x > 1e-300 { // package math is wrong between
			same("Log", Log(x), math.Log(x), x)
			same("Log2", Log2(x), math.Log2(x), x)
			same("Log10", Log10(x), math.Log10(x), x)
		}
		for _, y := range values {
			same("Pow", Pow(x, y), math.Pow(x, y), x, y)
			same("Atan2", Atan2(x, y), math.Atan2(x, y), x, y)
		}
	}
}

func BenchmarkFunctions(b *testing.B) {
	for name, f := range map[string]func(float64) float64{
		"Exp": Exp, "Log": Log, "Sin": Sin, "math.Sin": math.Sin, "Tan": Tan, "Pow": func(x float64) float64 { return Pow(x, 1.7) },
		"math.Exp": math.Exp, "math.Log": math.Log, "math.Pow": func(x float64) float64 { return math.Pow(x, 1.7) },
	} {
		b.Run(name, func(b *testing.B) {
			total := 0.0
			for i := range b.N {
				total += f(float64(i%100) * 0.137)
			}
			_ = total
		})
	}
}

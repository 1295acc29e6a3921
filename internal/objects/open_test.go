package objects

import (
	"errors"
	"strings"
	"testing"
)

func TestURLs(t *testing.T) {
	t.Setenv("AWS_ENDPOINT_URL", "")
	t.Setenv("AWS_ENDPOINT_URL_S3", "")
	for _, c := range []struct{ text, url, endpoint, prefix string }{
		{"s3://bucket", "s3://bucket", "https://s3.amazonaws.com", ""},
		{"s3://bucket/", "s3://bucket", "https://s3.amazonaws.com", ""},
		{"s3://bucket/a/b/", "s3://bucket/a/b", "https://s3.amazonaws.com", "a/b/"},
		{"s3://bucket/a%20b", "s3://bucket/a%20b", "https://s3.amazonaws.com", "a b/"},
		{"s3://bucket/x?path_style=1&endpoint=http://127.0.0.1:7070/&region=cn-north-1", "s3://bucket/x?endpoint=http://127.0.0.1:7070&path_style=1&region=cn-north-1", "http://127.0.0.1:7070", "x/"},
		{"s3://bucket?endpoint=https%3A%2F%2Fhost", "s3://bucket?endpoint=https://host", "https://host", ""},
	} {
		a, err := parse(c.text)
		if err != nil || a.url != c.url || a.endpoint.String() != c.endpoint || a.prefix != c.prefix {
			t.Errorf("%s: %+v, %v", c.text, a, err)
			continue
		}
		if again, err := parse(a.url); err != nil || again.url != a.url {
			t.Errorf("%s: read again: %+v, %v", c.text, again, err)
		}
	}
	for text, want := range map[string]string{"file:///a/b/": "file:///a/b", "file://localhost/a": "file:///a", "file:///a%20b": "file:///a%20b", "file:///a/../b": "file:///b"} {
		if a, err := parse(text); err != nil || a.url != want {
			t.Errorf("%s: %+v, %v", text, a, err)
		}
	}
}

func TestEndpointOfTheEnvironment(t *testing.T) {
	t.Setenv("AWS_ENDPOINT_URL", "http://general:1")
	t.Setenv("AWS_ENDPOINT_URL_S3", "http://special:2")
	t.Setenv("AWS_REGION", "here")
	for text, want := range map[string]string{"s3://bucket/x": "http://special:2", "s3://bucket/x?endpoint=http://given:3": "http://given:3"} {
		a, err := parse(text)
		if err != nil || a.endpoint.String() != want || a.region != "here" || a.url != text {
			t.Errorf("%s: %+v, %v", text, a, err)
		}
	}
	t.Setenv("AWS_ENDPOINT_URL_S3", "")
	if a, err := parse("s3://bucket/x"); err != nil || a.endpoint.String() != "http://general:1" {
		t.Errorf("%+v, %v", a, err)
	}
	t.Setenv("AWS_ENDPOINT_URL", "general:1")
	if _, err := parse("s3://bucket/x"); err == nil || !strings.HasPrefix(err.Error(), "AWS_ENDPOINT_URL: http://HOST:PORT or https://HOST expected, got ") {
		t.Error(err)
	}
}

// TestBadURLs has a secret in many of them, which no error may show.
func TestBadURLs(t *testing.T) {
	const secret = "hunter2"
	for text, want := range map[string]string{
		"":                                    "s3://BUCKET/PREFIX or file:///FOLDER expected",
		"data/tick":                           "s3://BUCKET/PREFIX or file:///FOLDER expected",
		"http://user:" + secret + "@host":     "s3://BUCKET/PREFIX or file:///FOLDER expected",
		"s3://":                               "got the bucket \"\"",
		"s3:///x":                             "got the bucket \"\"",
		"s3://ab/x":                           "got the bucket",
		"s3://key:" + secret + "@bucket/x":    "no user and no password expected",
		"s3://key:%zz" + secret + "@bucket/x": "no user and no password expected",
		"s3://bucket/x?endpoint=http://key:" + secret + "@host": "no user and no password expected",
		"s3://bucket/x?secret_key=" + secret:                    `unknown parameter "secret_key"`,
		"s3://bucket/x?regoin=x":                                "did you mean region?",
		"s3://bucket/x?path_style=yes":                          "path_style: 0 or 1 expected",
		"s3://bucket/x?endpoint=host:7070":                      "http://HOST:PORT or https://HOST expected",
		"s3://bucket/x?endpoint=http://host/path":               "http://HOST:PORT or https://HOST expected",
		"s3://bucket/a//b":                                      "prefix",
		"s3://bucket/../b":                                      "prefix",
		"s3://bucket/x#y":                                       "no # expected",
		"file://data/tick":                                      "the whole path",
		"file://":                                               "the whole path",
		"file:///a?x=1":                                         "the whole path",
	} {
		_, err := Open(t.Context(), text, Options{})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestErrorsHideSecrets(t *testing.T) {
	err := &UnreachableError{URL: "s3://b/x", Op: "get k", Attempts: 1, Err: errors.New(`proxy http://user:hunter2@proxy:1 and "https://hunter2@x"`)}
	if text := err.Error(); strings.Contains(text, "hunter2") || strings.Contains(text, "user") {
		t.Error(text)
	}
}

package diff

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// sayValue writes a declared value as text, without positions.
func sayValue(v reflect.Value) string {
	var b strings.Builder
	sayTo(&b, v)
	return b.String()
}

func sayTo(b *strings.Builder, v reflect.Value) {
	switch {
	case v.Type() == posType:
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			sayTo(b, v.Field(i))
			b.WriteByte(1)
		}
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		b.WriteString(hashText(v.Bytes()))
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			sayTo(b, v.Index(i))
			b.WriteByte(2)
		}
	case v.Kind() == reflect.Pointer && v.IsNil():
		b.WriteByte(3)
	case v.Kind() == reflect.Pointer:
		b.WriteByte(4)
		sayTo(b, v.Elem())
	default:
		fmt.Fprint(b, v)
	}
}

// fieldDifferences say of two declared values of one type, field by field, what was
// and is.
func fieldDifferences(was, is any) (list []string) {
	var walk func(name string, x, y reflect.Value)
	walk = func(name string, x, y reflect.Value) {
		switch {
		case sayValue(x) == sayValue(y):
		case x.Kind() == reflect.Struct && x.Type() != refType:
			for i := range x.NumField() {
				walk(fieldName(name, x.Type().Field(i)), x.Field(i), y.Field(i))
			}
		case x.Kind() == reflect.Pointer && !x.IsNil() && !y.IsNil():
			walk(name, x.Elem(), y.Elem())
		case x.Type() == cellsType:
			list = append(list, cellDifferences(name, x.Interface().([]policy.DeclaredCell),
				y.Interface().([]policy.DeclaredCell)))
		default:
			list = append(list, strings.TrimSpace(name+" "+orNone(shortValue(x))+" -> "+orNone(shortValue(y))))
		}
	}
	walk("", reflect.ValueOf(was), reflect.ValueOf(is))
	return list
}

// cellDifferences lists the cells of a role that only one side has: there may be hundreds of others.
func cellDifferences(name string, was, is []policy.DeclaredCell) string {
	var parts []string
	for _, c := range leftOver(was, is) {
		parts = append(parts, "-"+shortText(c))
	}
	for _, c := range leftOver(is, was) {
		parts = append(parts, "+"+shortText(c))
	}
	if len(parts) == 0 {
		return name + " in another order"
	}
	return name + " " + strings.Join(parts, ", ")
}

var (
	refType   = reflect.TypeFor[policy.Ref]()
	cellsType = reflect.TypeFor[[]policy.DeclaredCell]()
)

func fieldName(in string, f reflect.StructField) string {
	if f.Anonymous {
		return in
	}
	return strings.TrimPrefix(in+"."+strings.ToLower(f.Name[:1])+f.Name[1:], ".")
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// shortText describes a declared value in a few words.
func shortText(v any) string { return shortValue(reflect.ValueOf(v)) }

func shortValue(v reflect.Value) string {
	switch {
	case v.Type() == posType:
		return ""
	case v.Type() == refType:
		return v.Interface().(policy.Ref).Name
	case v.Kind() == reflect.Pointer && v.IsNil():
		return ""
	case v.Kind() == reflect.Pointer:
		return shortValue(v.Elem())
	case v.Kind() == reflect.Slice:
		return shortList(v)
	case v.Kind() == reflect.Struct:
		return shortStruct(v)
	case v.Kind() == reflect.Int && v.Int() < 0:
		return ""
	}
	return fmt.Sprint(v)
}

func shortList(v reflect.Value) string {
	var parts []string
	for i := range v.Len() {
		parts = append(parts, shortValue(v.Index(i)))
	}
	text := strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
	if v.Len() > 0 && v.Index(0).Kind() != reflect.Struct || v.Type().Elem() == refType {
		return text
	}
	return strings.TrimPrefix("["+text+"]", "[]")
}

func shortStruct(v reflect.Value) string {
	var parts []string
	for i := range v.NumField() {
		if f := v.Field(i); !f.IsZero() {
			parts = append(parts, shortValue(f))
		}
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

package policy

import "reflect"

var posType = reflect.TypeFor[Pos]()

// Moved returns a deep copy of a declared value with its places in later files.
func Moved[T any](v T, by int32) T {
	out := reflect.New(reflect.TypeFor[T]()).Elem()
	move(out, reflect.ValueOf(v), by)
	return out.Interface().(T)
}

func move(to, from reflect.Value, by int32) {
	switch {
	case from.Type() == posType:
		pos := from.Interface().(Pos)
		if pos.IsValid() {
			pos.File += by
		}
		to.Set(reflect.ValueOf(pos))
	case from.Kind() == reflect.Struct:
		for i := range from.NumField() {
			move(to.Field(i), from.Field(i), by)
		}
	case from.Kind() == reflect.Slice && !from.IsNil():
		to.Set(reflect.MakeSlice(from.Type(), from.Len(), from.Len()))
		for i := range from.Len() {
			move(to.Index(i), from.Index(i), by)
		}
	case from.Kind() == reflect.Pointer && !from.IsNil():
		to.Set(reflect.New(from.Type().Elem()))
		move(to.Elem(), from.Elem(), by)
	default:
		to.Set(from)
	}
}

package reference_test

import "cmp"

// sureness is how sure it is that a person meets a requirement: "as the weakest
// of all that it needs, and the surest of the alternatives that are met".
func (pr project) sureness(p person, scope string, r *Requirement) (sure int, met bool) {
	def := defaults{role: "above", permission: "same"}
	if _, met := pr.meets(p, scope, r, def); !met {
		return 0, false
	}
	for _, all := range r.AllOf {
		of, _ := pr.sureness(p, scope, all)
		sure = max(sure, of)
	}
	if r.AnyOf != nil {
		surest := 2
		for _, any := range r.AnyOf {
			if of, met := pr.sureness(p, scope, any); met {
				surest = min(surest, of)
			}
		}
		sure = max(sure, surest)
	}
	if r.Role != "" {
		surest := 2
		for _, h := range pr.holds(p) {
			if h.role == r.Role && pr.stands(p, h.scope, cmp.Or(r.At, def.role), scope) && (r.Through == "" ||
				h.group == "") {
				surest = min(surest, h.sure)
			}
		}
		sure = max(sure, surest)
	}
	if r.Permission != "" {
		surest := 2
		for _, s := range pr.places() {
			if of, met := pr.surenessAt(p, s, r); met && pr.stands(p, s.path, cmp.Or(r.At, def.permission), scope) {
				surest = min(surest, of)
			}
		}
		sure = max(sure, surest)
	}
	return sure, true
}

// surenessAt is that of the required permission at one scope: of each action
// that is required, or of any action at all.
func (pr project) surenessAt(p person, s place, r *Requirement) (sure int, met bool) {
	surest := map[string]int{} // by action
	any := 2
	for _, source := range pr.sources(p, s, r.Permission) {
		if r.Through == "direct" && source.Group != "" {
			continue
		}
		for _, action := range pr.left(p, s.path, r.Permission, source.Actions) {
			if of, ok := surest[action]; !ok || source.sure < of {
				surest[action] = source.sure
			}
			any = min(any, source.sure)
		}
	}
	if len(r.Actions) == 0 {
		return any, len(surest) > 0
	}
	for _, action := range r.Actions {
		of, ok := surest[action]
		if !ok {
			return 0, false
		}
		sure = max(sure, of)
	}
	return sure, true
}

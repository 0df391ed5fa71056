package render

// CouldSum says in words how many people could make more of their access.
func CouldSum(critical, all int) string {
	text := Count(all, "person", "people") +
		" could alone give themselves critical or high permissions that they do not hold"
	if critical > 0 {
		text += ", " + Thousands(critical) + " of them critical ones"
	}
	return text
}

package observe

func readSCIM(b *builder, files []Input) error        { return nil }
func readServicesHub(b *builder, files []Input) error { return nil }
func readDSC(b *builder, files []Input) error         { return nil }
func readDataverse(b *builder, files []Input) error   { return nil }

/// What follows for an order when a person settles a disagreement about one of its lines.
enum OrderConflicts {
}

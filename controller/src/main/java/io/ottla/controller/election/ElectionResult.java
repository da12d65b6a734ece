package io.ottla.controller.election;

/** How an election has ended. */
public sealed interface ElectionResult {

    /** This broker is the controller. */
    record Won(ControllerTerm term) implements ElectionResult {}

    /**
     * Another broker is.
     *
     * @param controllerId -1 if it went again before its id could be read
     * @param czxid transaction that elected it, 0 if not known
     */
    record Lost(int controllerId, long czxid) implements ElectionResult {}
}

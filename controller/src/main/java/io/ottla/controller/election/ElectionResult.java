package io.ottla.controller.election;

/** How an election has ended. */
public sealed interface ElectionResult {

    /** This broker is the controller. */
    record Won(ControllerTerm term) implements ElectionResult {}

    /** Another broker is; -1 if it went again before its id could be read. */
    record Lost(int controllerId) implements ElectionResult {}
}

package io.ottla.controller.election;

/** A write of a controller that is none any more was refused. */
public final class FencedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    FencedException(ControllerTerm term) {
        super("the controller of epoch " + term.epoch() + " has been replaced", null, false, false);
    }
}

package io.ottla.broker.handler.config;

import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.error.StageFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of the resources of one request, each on its own. */
final class Outcomes {
    private static final Logger LOG = LoggerFactory.getLogger(Outcomes.class);

    private Outcomes() {}

    /** An error of one resource, or NONE. */
    record Outcome(ErrorCode error, @Nullable String message) {
        static final Outcome DONE = new Outcome(ErrorCode.NONE, null);
    }

    /** The outcome that a failure stands for; one that nobody foresaw is logged. */
    static Outcome of(Throwable failure, String what, ConfigResource resource) {
        Throwable cause = StageFailure.cause(failure);
        if (cause instanceof ApiException expected) {
            return new Outcome(expected.error(), expected.getMessage());
        }
        LOG.error("cannot {} of {}", what, resource, cause);
        return new Outcome(ErrorCode.UNKNOWN_SERVER_ERROR, ErrorCode.UNKNOWN_SERVER_ERROR.message());
    }

    /** The stage of a step, failed if the step throws instead of returning one. */
    static <T> CompletionStage<T> stage(Supplier<CompletionStage<T>> step) {
        try {
            return step.get();
        } catch (ApiException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    static <T> CompletionStage<T> now(T value) {
        return CompletableFuture.completedFuture(value);
    }

    /** All values in the order of their stages, none of which may fail. */
    static <T> CompletionStage<List<T>> all(List<CompletionStage<T>> stages) {
        CompletionStage<List<T>> all = now(new ArrayList<>());
        for (CompletionStage<T> stage : stages) {
            all = all.thenCombine(stage, (values, value) -> {
                values.add(value);
                return values;
            });
        }
        return all;
    }
}

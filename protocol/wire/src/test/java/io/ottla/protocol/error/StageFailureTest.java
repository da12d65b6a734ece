package io.ottla.protocol.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Failures as dependent stages report them. */
class StageFailureTest {

    private final ApiException refused = new ApiException(ErrorCode.NOT_CONTROLLER, "not here");

    @Test
    void isFoundBehindDependentStages() {
        CompletableFuture<Throwable> seen = new CompletableFuture<>();
        CompletableFuture.failedFuture(refused)
                .thenApply(done -> done)
                .thenCompose(CompletableFuture::completedFuture)
                .whenComplete((done, failure) -> seen.complete(failure));
        assertThat(seen.join()).isInstanceOf(CompletionException.class);
        assertThat(StageFailure.cause(seen.join())).isSameAs(refused);
        assertThat(StageFailure.error(seen.join())).isEqualTo(ErrorCode.NOT_CONTROLLER);
    }

    @Test
    void isItselfWhereNothingWrapsIt() {
        assertThat(StageFailure.cause(refused)).isSameAs(refused);
        assertThat(StageFailure.error(refused)).isEqualTo(ErrorCode.NOT_CONTROLLER);
    }

    @Test
    void standsForAnUnknownErrorUnlessItCarriesACode() {
        assertThat(StageFailure.error(new CompletionException(new IllegalStateException("broken"))))
                .isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR);
        assertThat(StageFailure.error(new CompletionException("without a cause", null)))
                .isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR);
    }
}

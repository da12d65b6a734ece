package io.ottla.protocol.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Goal: names, codes and retriability are those of Kafka's clients. */
class ErrorCodeTest {
    @ParameterizedTest
    @EnumSource(Errors.class)
    void isLikeKafkas(Errors kafkas) {
        ErrorCode ours = ErrorCode.valueOf(kafkas.name());

        assertThat(ours.code()).isEqualTo(kafkas.code());
        assertThat(ours.retriable()).isEqualTo(kafkas.exception() instanceof RetriableException);
        assertThat(ErrorCode.forCode(kafkas.code())).isSameAs(ours);
    }

    @Test
    void hasNoErrorThatKafkaHasNot() {
        assertThat(Arrays.stream(ErrorCode.values()).map(Enum::name))
                .containsExactlyElementsOf(
                        Arrays.stream(Errors.values()).map(Enum::name).toList());
    }

    @Test
    void aCodeFromTheFutureIsAnUnknownError() {
        assertThat(ErrorCode.forCode(9999)).isSameAs(ErrorCode.UNKNOWN_SERVER_ERROR);
        assertThat(ErrorCode.forCode(-2)).isSameAs(ErrorCode.UNKNOWN_SERVER_ERROR);
    }

    @Test
    void anApiExceptionSaysTheCodesMessageUnlessItHasItsOwn() {
        assertThat(new ApiException(ErrorCode.NOT_CONTROLLER))
                .hasMessage(ErrorCode.NOT_CONTROLLER.message())
                .extracting(ApiException::error)
                .isSameAs(ErrorCode.NOT_CONTROLLER);
        assertThat(new ApiException(ErrorCode.INVALID_CONFIG, "x").getMessage()).isEqualTo("x");
    }
}

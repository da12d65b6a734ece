package io.ottla.bench.raw;

import java.nio.ByteBuffer;
import java.util.function.ObjIntConsumer;
import java.util.function.Predicate;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * A request that is sent again and again.
 *
 * @param request its body at first
 * @param version of the request
 * @param patch changes the encoded frame for the n-th time of sending, n from 0; what it changes besides the correlation
 *     id must keep the length
 * @param isSuccess whether an answer says that the broker has done the work
 */
public record RepeatedRequest(
        ApiMessage request, short version, ObjIntConsumer<ByteBuffer> patch, Predicate<ApiMessage> isSuccess) {

    static RepeatedRequest unchanged(ApiMessage request, int version, Predicate<ApiMessage> isSuccess) {
        return new RepeatedRequest(request, (short) version, (frame, n) -> {}, isSuccess);
    }
}

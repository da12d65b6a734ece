package io.ottla.broker.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.broker.handler.TestContext;
import io.ottla.broker.handler.controller.ElectLeadersHandler;
import io.ottla.broker.handler.topic.CreateTopicsHandler;
import io.ottla.loop.ManualLoop;
import io.ottla.protocol.api.PeerUnreachableException;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.CreateTopicsRequest;
import io.ottla.protocol.message.CreateTopicsRequest.CreatableTopic;
import io.ottla.protocol.message.CreateTopicsResponse;
import io.ottla.protocol.message.CreateTopicsResponse.CreatableTopicResult;
import io.ottla.protocol.message.ElectLeadersRequest;
import io.ottla.protocol.message.ElectLeadersResponse;
import io.ottla.protocol.message.ElectLeadersResponse.PartitionResult;
import io.ottla.protocol.message.ElectLeadersResponse.ReplicaElectionResult;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Requests to a controller that moves, dies or is not there; with time in the test's hands. */
class ForwarderTest {
    private static final short VERSION = 7;

    private final ManualLoop loop = new ManualLoop();
    private final FakePeer controller = new FakePeer();
    private final Forwarder forwarder = new Forwarder(controller, loop);

    @Test
    void passesTheControllersResponseOn() {
        CreateTopicsResponse response = response(ErrorCode.TOPIC_ALREADY_EXISTS);
        controller.answers(response);
        assertThat(send(1000)).isCompletedWithValue(response);
    }

    @Test
    void repeatsWhileNobodyIsControllerOrNobodyAnswers() {
        CreateTopicsResponse response = response(ErrorCode.NONE);
        controller
                .answers(response(ErrorCode.NOT_CONTROLLER))
                .fails(new PeerUnreachableException("gone"))
                .fails(new ApiException(ErrorCode.NOT_CONTROLLER, "resigned"))
                .answers(response);
        CompletableFuture<CreateTopicsResponse> answer = send(10_000);
        loop.runAll();
        assertThat(answer).isNotDone();
        for (int i = 0; i < 4; i++) {
            loop.advanceMs(100);
        }
        assertThat(answer).isCompletedWithValue(response);
        assertThat(controller.received()).hasSize(4);
    }

    @Test
    void givesUpWhenTheClientsTimeIsOver() {
        for (int i = 0; i < 100; i++) {
            controller.fails(new PeerUnreachableException("gone"));
        }
        CompletableFuture<CreateTopicsResponse> answer = send(2_000);
        for (int ms = 0; ms < 2_000; ms += 10) {
            loop.advanceMs(10);
        }
        assertThat(errorOf(answer)).isEqualTo(ErrorCode.REQUEST_TIMED_OUT);
        assertThat(controller.received()).hasSizeBetween(5, 20);
    }

    @Test
    void triesOnceEvenWithoutTime() {
        controller.answers(response(ErrorCode.NOT_CONTROLLER));
        assertThat(errorOf(send(0))).isEqualTo(ErrorCode.NOT_CONTROLLER);
    }

    @Test
    void doesNotRepeatWhatTheControllerRefuses() {
        controller.fails(new ApiException(ErrorCode.POLICY_VIOLATION, "no"));
        assertThat(errorOf(send(10_000))).isEqualTo(ErrorCode.POLICY_VIOLATION);
        assertThat(controller.received()).hasSize(1);
    }

    @Test
    void handlerServesOnTheControllerAndForwardsElsewhere() {
        CreateTopicsResponse fromHere = response(ErrorCode.NONE);
        CreateTopicsResponse fromThere = response(ErrorCode.TOPIC_ALREADY_EXISTS);
        controller.answers(fromThere);
        Function<CreateTopicsRequest, CompletionStage<CreateTopicsResponse>> here =
                request -> CompletableFuture.completedFuture(fromHere);
        assertThat(handle(here, true, "client")).isCompletedWithValue(fromHere);
        assertThat(handle(here, false, "client")).isCompletedWithValue(fromThere);
    }

    @Test
    void handlerForwardsWhenTheOfficeIsLostMeanwhile() {
        CreateTopicsResponse fromThere = response(ErrorCode.NONE);
        controller.answers(fromThere);
        assertThat(handle(request -> CompletableFuture.failedFuture(notController()), true, "client"))
                .isCompletedWithValue(fromThere);
    }

    @Test
    void handlerDoesNotForwardWhatWasForwarded() {
        CompletableFuture<CreateTopicsResponse> answer = handle(
                request -> CompletableFuture.failedFuture(notController()), false, Forwarder.CLIENT_ID_PREFIX + "3");
        assertThat(errorOf(answer)).isEqualTo(ErrorCode.NOT_CONTROLLER);
        assertThat(controller.received()).isEmpty();
    }

    @Test
    void handlerRepeatsWhatNobodyIsControllerFor() {
        controller
                .answers(electLeadersResponse(ErrorCode.NOT_CONTROLLER))
                .answers(electLeadersResponse(ErrorCode.ELECTION_NOT_NEEDED));
        ForwardingHandler<ElectLeadersRequest, ElectLeadersResponse> handler = new ForwardingHandler<>(
                new ElectLeadersHandler(request -> CompletableFuture.failedFuture(notController())),
                ElectLeadersRequest::timeoutMs,
                () -> false,
                forwarder);
        CompletableFuture<ElectLeadersResponse> answer = handler.handle(
                        new TestContext((short) 2, loop, "client"), new ElectLeadersRequest().setTimeoutMs(1000))
                .toCompletableFuture();
        loop.advanceMs(100);
        assertThat(answer).isCompletedWithValue(electLeadersResponse(ErrorCode.ELECTION_NOT_NEEDED));
    }

    /** As a broker answers that is asked for certain partitions: the error is in each of them. */
    private static ElectLeadersResponse electLeadersResponse(ErrorCode error) {
        ReplicaElectionResult topic = new ReplicaElectionResult().setTopic("t");
        topic.partitionResult().add(new PartitionResult().setErrorCode(error.code()));
        ElectLeadersResponse response = new ElectLeadersResponse();
        response.replicaElectionResults().add(topic);
        return response;
    }

    private CompletableFuture<CreateTopicsResponse> handle(
            Function<CreateTopicsRequest, CompletionStage<CreateTopicsResponse>> here,
            boolean isController,
            String clientId) {
        ForwardingHandler<CreateTopicsRequest, CreateTopicsResponse> handler = new ForwardingHandler<>(
                new CreateTopicsHandler(here), CreateTopicsRequest::timeoutMs, () -> isController, forwarder);
        return handler.handle(new TestContext(VERSION, loop, clientId), request())
                .toCompletableFuture();
    }

    private CompletableFuture<CreateTopicsResponse> send(long timeoutMs) {
        return forwarder.send(request(), VERSION, timeoutMs, CreateTopicsHandler::firstErrorCode);
    }

    private static CreateTopicsRequest request() {
        CreateTopicsRequest request = new CreateTopicsRequest().setTimeoutMs(1000);
        request.topics().add(new CreatableTopic().setName("t"));
        return request;
    }

    private static CreateTopicsResponse response(ErrorCode error) {
        CreateTopicsResponse response = new CreateTopicsResponse();
        response.topics().add(new CreatableTopicResult().setName("t").setErrorCode(error.code()));
        return response;
    }

    private static ApiException notController() {
        return new ApiException(ErrorCode.NOT_CONTROLLER, "not here");
    }

    private static ErrorCode errorOf(CompletableFuture<?> answer) {
        assertThat(answer).isCompletedExceptionally();
        try {
            answer.join();
            throw new AssertionError("completed normally");
        } catch (CompletionException e) {
            return ((ApiException) e.getCause()).error();
        }
    }
}

package io.ottla.broker.handler.log;

import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.DescribeLogDirsRequest;
import io.ottla.protocol.message.DescribeLogDirsRequest.DescribableLogDirTopic;
import io.ottla.protocol.message.DescribeLogDirsResponse;
import io.ottla.protocol.message.DescribeLogDirsResponse.DescribeLogDirsPartition;
import io.ottla.protocol.message.DescribeLogDirsResponse.DescribeLogDirsResult;
import io.ottla.protocol.message.DescribeLogDirsResponse.DescribeLogDirsTopic;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.log.LogView;
import io.ottla.storage.log.PartitionLog;
import io.ottla.storage.store.LogStore;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** DescribeLogDirs (key 35): what lies in each log directory. Asks the file systems, so it runs on a worker. */
public final class DescribeLogDirsHandler implements RequestHandler<DescribeLogDirsRequest, DescribeLogDirsResponse> {

    private static final Logger LOG = LoggerFactory.getLogger(DescribeLogDirsHandler.class);

    private final LogStore logs;
    private final Executor workers;

    /** @param workers threads that may wait for the disk */
    public DescribeLogDirsHandler(LogStore logs, Executor workers) {
        this.logs = logs;
        this.workers = workers;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.DESCRIBE_LOG_DIRS;
    }

    @Override
    public CompletionStage<@Nullable DescribeLogDirsResponse> handle(
            RequestContext context, DescribeLogDirsRequest request) {
        return CompletableFuture.supplyAsync(() -> answer(request), workers);
    }

    private DescribeLogDirsResponse answer(DescribeLogDirsRequest request) {
        Set<TopicPartition> wanted = wanted(request);
        List<PartitionLog> loaded = logs.loadedLogs();
        List<PartitionLog> futures = logs.futures().loadedLogs();
        DescribeLogDirsResponse response = new DescribeLogDirsResponse();
        for (LogDirectory directory : logs.directories()) {
            DescribeLogDirsResult result = describe(directory);
            response.results().add(result);
            if (result.errorCode() == ErrorCode.NONE.code()) {
                addLogs(result, in(directory, loaded, wanted), DescribeLogDirsHandler::describe);
                addLogs(result, in(directory, futures, wanted), this::describeFuture);
            }
        }
        return response;
    }

    private static List<PartitionLog> in(
            LogDirectory directory, List<PartitionLog> logs, @Nullable Set<TopicPartition> wanted) {
        return logs.stream()
                .filter(log -> log.directory() == directory)
                .filter(log -> wanted == null || wanted.contains(log.partition()))
                .toList();
    }

    private static void addLogs(
            DescribeLogDirsResult result,
            List<PartitionLog> sorted,
            Function<PartitionLog, DescribeLogDirsPartition> description) {
        DescribeLogDirsTopic topic = null;
        for (PartitionLog log : sorted) {
            if (topic == null || !topic.name().equals(log.partition().topic())) {
                topic = new DescribeLogDirsTopic().setName(log.partition().topic());
                result.topics().add(topic);
            }
            topic.partitions().add(description.apply(log));
        }
    }

    /** The partitions asked for; null stands for all. */
    private static @Nullable Set<TopicPartition> wanted(DescribeLogDirsRequest request) {
        if (request.topics() == null) {
            return null;
        }
        Set<TopicPartition> wanted = new HashSet<>();
        for (DescribableLogDirTopic topic : request.topics()) {
            for (int partition : topic.partitions()) {
                wanted.add(new TopicPartition(topic.topic(), partition));
            }
        }
        return wanted;
    }

    private static DescribeLogDirsResult describe(LogDirectory directory) {
        DescribeLogDirsResult result =
                new DescribeLogDirsResult().setLogDir(directory.path().toString());
        if (!directory.health().isOnline()) {
            return result.setErrorCode(ErrorCode.KAFKA_STORAGE_ERROR.code());
        }
        try {
            return result.setTotalBytes(directory.totalBytes()).setUsableBytes(directory.usableBytes());
        } catch (IOException e) {
            LOG.error("{}: the file system does not tell its size", directory.path(), e);
            return result.setErrorCode(ErrorCode.KAFKA_STORAGE_ERROR.code());
        }
    }

    private static DescribeLogDirsPartition describe(PartitionLog log) {
        LogView view = log.view();
        return new DescribeLogDirsPartition()
                .setPartitionIndex(log.partition().partition())
                .setPartitionSize(view.sizeBytes())
                .setOffsetLag(Math.max(0, view.highWatermark() - view.logEndOffset()));
    }

    /** A copy that is to take the place of the log; it lags behind by what is still to be copied. */
    private DescribeLogDirsPartition describeFuture(PartitionLog future) {
        PartitionLog current = logs.loaded(future.partition());
        long end = future.view().logEndOffset();
        return new DescribeLogDirsPartition()
                .setPartitionIndex(future.partition().partition())
                .setPartitionSize(future.view().sizeBytes())
                .setOffsetLag(current == null ? 0 : Math.max(0, current.view().logEndOffset() - end))
                .setIsFutureKey(true);
    }

    @Override
    public DescribeLogDirsResponse errorResponse(
            DescribeLogDirsRequest request, ErrorCode error, @Nullable String message) {
        return new DescribeLogDirsResponse().setErrorCode(error.code());
    }
}

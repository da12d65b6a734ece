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
import io.ottla.storage.log.LogStore;
import io.ottla.storage.log.LogView;
import io.ottla.storage.log.PartitionLog;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
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
        DescribeLogDirsResponse response = new DescribeLogDirsResponse();
        for (LogDirectory directory : logs.directories()) {
            response.results().add(describe(directory, loaded, wanted));
        }
        return response;
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

    private static DescribeLogDirsResult describe(
            LogDirectory directory, List<PartitionLog> sortedLogs, @Nullable Set<TopicPartition> wanted) {
        DescribeLogDirsResult result =
                new DescribeLogDirsResult().setLogDir(directory.path().toString());
        if (!directory.health().isOnline()) {
            return result.setErrorCode(ErrorCode.KAFKA_STORAGE_ERROR.code());
        }
        try {
            result.setTotalBytes(directory.totalBytes()).setUsableBytes(directory.usableBytes());
        } catch (IOException e) {
            LOG.error("{}: the file system does not tell its size", directory.path(), e);
            return result.setErrorCode(ErrorCode.KAFKA_STORAGE_ERROR.code());
        }
        DescribeLogDirsTopic topic = null;
        for (PartitionLog log : sortedLogs) {
            if (log.directory() == directory && (wanted == null || wanted.contains(log.partition()))) {
                if (topic == null || !topic.name().equals(log.partition().topic())) {
                    topic = new DescribeLogDirsTopic().setName(log.partition().topic());
                    result.topics().add(topic);
                }
                topic.partitions().add(describe(log));
            }
        }
        return result;
    }

    private static DescribeLogDirsPartition describe(PartitionLog log) {
        LogView view = log.view();
        return new DescribeLogDirsPartition()
                .setPartitionIndex(log.partition().partition())
                .setPartitionSize(view.sizeBytes())
                .setOffsetLag(Math.max(0, view.highWatermark() - view.logEndOffset()));
    }

    @Override
    public DescribeLogDirsResponse errorResponse(
            DescribeLogDirsRequest request, ErrorCode error, @Nullable String message) {
        return new DescribeLogDirsResponse().setErrorCode(error.code());
    }
}

package io.ottla.controller;

import io.ottla.controller.ConfigAdmin.Resource;
import io.ottla.controller.event.Gather;
import io.ottla.controller.znode.ConfigNode.EntityType;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AlterConfigsRequest;
import io.ottla.protocol.message.AlterConfigsResponse;
import io.ottla.protocol.message.IncrementalAlterConfigsRequest;
import io.ottla.protocol.message.IncrementalAlterConfigsRequest.AlterableConfig;
import io.ottla.protocol.message.IncrementalAlterConfigsResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers AlterConfigs and IncrementalAlterConfigs (KIP-339), resource by resource. Stateless; any thread. */
final class ConfigRequests {

    private static final Logger LOG = LoggerFactory.getLogger(ConfigRequests.class);
    private static final byte SET = 0;
    private static final byte DELETE = 1;
    private static final byte APPEND = 2;
    private static final byte SUBTRACT = 3;

    private final ConfigAdmin admin;
    private final TopicPolicy policy;

    ConfigRequests(ConfigAdmin admin, TopicPolicy policy) {
        this.admin = admin;
        this.policy = policy;
    }

    private record Failure(ErrorCode error, @Nullable String message) {

        static final Failure NONE = new Failure(ErrorCode.NONE, null);
    }

    CompletableFuture<IncrementalAlterConfigsResponse> incrementalAlter(IncrementalAlterConfigsRequest request) {
        Set<String> seen = new HashSet<>();
        return Gather.each(
                        request.resources(),
                        wanted -> outcome(() -> {
                            refuseRepetition(seen, wanted.resourceType(), wanted.resourceName());
                            Resource resource = ConfigAdmin.resource(wanted.resourceType(), wanted.resourceName());
                            return admin.alter(
                                    resource,
                                    settings -> applyAll(resource, settings, wanted.configs()),
                                    request.validateOnly());
                        }))
                .thenApply(failures -> {
                    IncrementalAlterConfigsResponse response = new IncrementalAlterConfigsResponse();
                    for (int i = 0; i < failures.size(); i++) {
                        response.responses()
                                .add(new IncrementalAlterConfigsResponse.AlterConfigsResourceResponse()
                                        .setResourceType(
                                                request.resources().get(i).resourceType())
                                        .setResourceName(
                                                request.resources().get(i).resourceName())
                                        .setErrorCode(failures.get(i).error.code())
                                        .setErrorMessage(failures.get(i).message));
                    }
                    return response;
                });
    }

    CompletableFuture<AlterConfigsResponse> alter(AlterConfigsRequest request) {
        Set<String> seen = new HashSet<>();
        return Gather.each(
                        request.resources(),
                        wanted -> outcome(() -> {
                            refuseRepetition(seen, wanted.resourceType(), wanted.resourceName());
                            return admin.alter(
                                    ConfigAdmin.resource(wanted.resourceType(), wanted.resourceName()),
                                    settings -> replaceAll(settings, wanted.configs()),
                                    request.validateOnly());
                        }))
                .thenApply(failures -> {
                    AlterConfigsResponse response = new AlterConfigsResponse();
                    for (int i = 0; i < failures.size(); i++) {
                        response.responses()
                                .add(new AlterConfigsResponse.AlterConfigsResourceResponse()
                                        .setResourceType(
                                                request.resources().get(i).resourceType())
                                        .setResourceName(
                                                request.resources().get(i).resourceName())
                                        .setErrorCode(failures.get(i).error.code())
                                        .setErrorMessage(failures.get(i).message));
                    }
                    return response;
                });
    }

    private static CompletableFuture<Failure> outcome(Supplier<CompletableFuture<Void>> change) {
        CompletableFuture<Void> done;
        try {
            done = change.get();
        } catch (ApiException e) {
            done = CompletableFuture.failedFuture(e);
        }
        return done.handle((nothing, thrown) -> {
            if (thrown == null) {
                return Failure.NONE;
            }
            ApiException refusal = Refusals.translate(thrown);
            if (refusal.error() == ErrorCode.UNKNOWN_SERVER_ERROR) {
                LOG.error("Could not alter settings", thrown);
            }
            return new Failure(refusal.error(), refusal.getMessage());
        });
    }

    private static void refuseRepetition(Set<String> seen, byte type, String name) {
        if (!seen.add(type + ":" + name)) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "Each resource must appear at most once: " + name);
        }
    }

    private static SortedMap<String, String> replaceAll(
            SortedMap<String, String> settings, List<AlterConfigsRequest.AlterableConfig> wanted) {
        settings.clear();
        for (AlterConfigsRequest.AlterableConfig each : wanted) {
            String value = each.value();
            if (value == null) {
                throw nullValue(each.name());
            }
            settings.put(each.name(), value);
        }
        return settings;
    }

    private SortedMap<String, String> applyAll(
            Resource resource, SortedMap<String, String> settings, List<AlterableConfig> changes) {
        Set<String> names = new HashSet<>();
        for (AlterableConfig change : changes) {
            if (!names.add(change.name())) {
                throw new ApiException(
                        ErrorCode.INVALID_REQUEST, "Error due to duplicate config keys : " + change.name());
            }
            apply(resource, settings, change);
        }
        return settings;
    }

    private void apply(Resource resource, SortedMap<String, String> settings, AlterableConfig change) {
        String name = change.name();
        String value = change.value();
        if (change.configOperation() == DELETE) {
            settings.remove(name);
            return;
        }
        if (value == null) {
            throw nullValue(name);
        }
        switch (change.configOperation()) {
            case SET -> settings.put(name, value);
            case APPEND -> {
                Set<String> elements = elements(resource, settings, name);
                elements.addAll(split(value));
                settings.put(name, String.join(",", elements));
            }
            case SUBTRACT -> {
                Set<String> elements = elements(resource, settings, name);
                split(value).forEach(elements::remove);
                settings.put(name, String.join(",", elements));
            }
            default ->
                throw new ApiException(
                        ErrorCode.INVALID_REQUEST, "Unknown operation " + change.configOperation() + " on key " + name);
        }
    }

    private Set<String> elements(Resource resource, SortedMap<String, String> settings, String name) {
        String whenMissing = resource.type() == EntityType.TOPICS
                ? policy.defaultListOfTopic(name)
                : policy.defaultListOfBroker(name);
        if (whenMissing == null) {
            throw new ApiException(
                    ErrorCode.INVALID_CONFIG, "Config value append is not allowed for config key: " + name);
        }
        return new LinkedHashSet<>(split(settings.getOrDefault(name, whenMissing)));
    }

    private static List<String> split(String list) {
        List<String> elements = new ArrayList<>();
        Arrays.stream(list.split(","))
                .map(String::trim)
                .filter(e -> !e.isEmpty())
                .forEach(elements::add);
        return elements;
    }

    private static ApiException nullValue(String name) {
        return new ApiException(ErrorCode.INVALID_REQUEST, "Null value not supported for : " + name);
    }
}

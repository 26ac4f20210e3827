-- Of a page of database ARGV[1]: the next cursor, and how many keys expire later than now.
redis.call('SELECT', ARGV[1])
local page = redis.call('SCAN', ARGV[2], 'COUNT', 1000)
local count = 0
for _, key in ipairs(page[2]) do
  if redis.call('PTTL', key) >= 0 then count = count + 1 end
end
return page[1] .. ' ' .. count
